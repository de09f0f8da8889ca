"""Six attacks by the default rules of OpenAttack 2.1.1, with which the study ran them.

They are measured beside the published attacks to tell what OpenAttack adds or leaves out.
"""
