"""A model fills a library.

A `Collection` and a model come in; a `Library` goes out in which every item has a vector or a reason.
"""
