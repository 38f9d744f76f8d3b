"""Several vector spaces: which words they share, how one is turned onto another, and which words have changed.

spaces        the words that vector files share, with their rows made ready to be compared
procrustes    the rotation that turns the rows of one space onto those of another
measures      how far each word has moved: four scores for each word
"""
