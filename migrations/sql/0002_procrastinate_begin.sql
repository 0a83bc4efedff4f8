-- procrastinate names its tables without a schema: its statements are run inside this one.
SET LOCAL lock_timeout = '5s';
CREATE SCHEMA procrastinate;
SET LOCAL search_path = procrastinate;
