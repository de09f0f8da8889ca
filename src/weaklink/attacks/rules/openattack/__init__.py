"""The rules of OpenAttack 2.1.1's attacks, beside those of the papers that they are named for.

The column ``code`` is OpenAttack's.
"""
