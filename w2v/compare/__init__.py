"""Several vector spaces: which words they share, how one is turned onto another, and which words have changed.

spaces              the words that vector files share, with their rows made ready to be compared
procrustes          the rotation that turns the rows of one space onto those of another
measures            how far each word has moved: four scores for each word
comparing           `w2v.drift`, for two or more files
drift               what it returns; changes is about single words, histories about words that were asked for
drift_document      the same as tables and as a page
old_index           whether an old index answers queries of new vectors; passages are what is searched
old_index_document  the same as a table
map_file            the file of a map between two spaces, for `w2v search --map`
deals/              the test of change: documents of both texts dealt anew
"""
