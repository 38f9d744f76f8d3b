"""Groups of seeds: the mean of each group, its spread over the seeds, and the difference of two groups.

study   the study, and its result as JSON, as rows and as a section
scores  means, spreads and differences; what does not fit in the run records
tables  both as tables
"""
