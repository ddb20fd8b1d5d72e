"""Files for other programs, one module a format; all are made of what may leave, and of nothing else."""
