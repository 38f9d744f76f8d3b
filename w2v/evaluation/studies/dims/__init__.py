"""How many dimensions do vectors need?

prefixes  the first columns as vectors of their own: scored, timed, compared with all
study     the study, and its result as JSON, as rows and as a section
"""
