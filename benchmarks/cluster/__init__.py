"""Measure training by workers: equality of bytes, time of the processor, bytes moved, memory; and what follows."""
