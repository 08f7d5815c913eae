"""What is kept on disk: items, vectors, indexes, thumbnails, maps, runs.

Items and vectors come in as they are made and go out aligned; only `lance` knows which database holds them.
"""
