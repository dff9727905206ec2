-- The last calls of a run, as a JSON array of the wire's attempts; null where none was noted.
alter table tasks add column history text;
alter table dead_letters add column history text;
