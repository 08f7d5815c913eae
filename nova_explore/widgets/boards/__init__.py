"""What each part of the app shows, as plain values.

An exploration comes in; what the browser draws goes out.
"""
