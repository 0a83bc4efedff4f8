-- Queues the worker's job for activations, unless it waits in the queue already. Under the
-- search path that procrastinate's own triggers look for their tables with.
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock)
VALUES ('default', 'activations', 'activations', 'activations')
ON CONFLICT DO NOTHING
