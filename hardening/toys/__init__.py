"""Toys: one small worked example of each kind of thing that can be added to w2v, and a script that adds them to a copy.

copying    a copy of the tree, to which toys are added
showing    the commands that are run in the copy, and what they must print
__main__   `python -m hardening.toys`: adds each toy, counts what it touched, and has it judged
"""
