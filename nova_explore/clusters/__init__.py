"""Which items belong together, and what they are called.

The neighbours' graph comes in; clusters go out with their tree, their stability, their copies and their names.
"""
