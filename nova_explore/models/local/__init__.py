"""The model that ships in the package: public networks for words, pictures and sounds in one space.

Items come in; unit vectors of the space ``local`` go out, without account or network.
"""
