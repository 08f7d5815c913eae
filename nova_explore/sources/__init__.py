"""Where media come from: folders, patterns, tables, data frames, the demo.

A path or a table comes in; a `Collection` goes out, with everything that could not be read kept by name.
"""
