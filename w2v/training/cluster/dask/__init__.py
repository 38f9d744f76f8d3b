"""The engine of Dask: only files of this folder know Dask, and only w2v/training/cluster/starting.py knows them.

engine         submits tasks, waits for their results, and notices when nothing moves any more
asking         questions to a cluster, none of which is waited for without an end
scheduler      what is asked of Dask's scheduler, and runs there
own_workers    a scheduler and worker processes on this machine
worker         such a worker process
local_sockets  how they talk: Unix sockets, as a transport of Dask
stream         the bytes that such a socket carries
given_cluster  a scheduler and workers that others have started
loggers        how Dask is kept silent while a run tells what happens
connecting     the address of such a scheduler, and the connection to it
admission      which of its workers may train: what they are asked
software       what a process says of its software, also one without w2v
checks         how workers may differ, and what is told of it
visits         what runs in such a worker beside tasks
"""
