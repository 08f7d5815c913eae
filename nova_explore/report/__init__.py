"""What leaves as a file: a page, a still map, figures.

An exploration comes in; HTML, PNG and plotly figures go out that need neither kernel nor network.
"""
