"""Everything about one collection, aligned: the map, the clusters, the names, the selection.

A library comes in; an `Exploration` goes out that widgets show and reports print.
"""
