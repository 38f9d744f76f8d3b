"""The calibrated test of change: documents of two corpora are dealt anew, halves trained, and words tested.

pool          two corpora as one: documents as numbers of words
recipe        how the files that are compared were trained
halves        a half of a deal: documents become vectors
scores        how far each word lies apart in the halves of a deal
dealing       all deals of a run: which documents, which seeds, several trainings side by side
kept          the scores of deals as files
calibration   z, p and q from the scores of the texts and those of the deals
testing       the whole test, and its result
"""
