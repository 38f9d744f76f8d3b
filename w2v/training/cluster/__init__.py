"""Deterministic training of skip-gram on several processes, with the bytes of `--deterministic` alone.

planning   which tiles of the rotation there are, in which order they are trained, and what they move: numbers alone
block      rows that one task may change
tasks      what a worker computes: functions without a state
graph      the tasks of a batch and of a checkpoint, and what each of them needs
input      counting and encoding by the workers, before they train
run_folder the blocks of a checkpoint and its manifest
engine     Dask distributed: tasks, their results, and what is done when nothing moves
scheduler  what is asked of Dask's scheduler, and runs there
asking     questions to a cluster, none of which is waited for without an end
own_workers    a scheduler and worker processes on this machine
worker     such a worker process
given_cluster  a scheduler and workers that others have started
connecting the address of such a scheduler, and the connection to it
admission  which of its workers may train: what they are asked
software   what a process says of its software, also one without w2v
checks     how workers may differ, and what is told of it
visits     what runs in such a worker beside tasks
starting   the engine that the user has asked for
trainer    training by workers, for the loop of all trainers
"""
