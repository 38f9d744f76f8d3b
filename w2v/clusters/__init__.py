"""Groups of words, or of anything that has vectors: spherical k-means.

kmeans      the arithmetic on rows of length 1
groups      the groups with their names, sizes and silhouettes
words       groups of the words of vectors: `w2v.groups`
"""
