"""Commands about runs that were made: one beside another, a store of them, a site of many."""
