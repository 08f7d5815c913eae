"""A query finds items.

Words, an item or a medium comes in; a `Ranking` goes out that says by what each item was found.
"""
