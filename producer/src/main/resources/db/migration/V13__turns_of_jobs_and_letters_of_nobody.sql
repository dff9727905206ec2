-- Which turn of a job this is: who holds an older one leaves off.
alter table dead_jobs add column turn bigint not null default 0;

-- Null for a letter of no batch: nobody's, the administrator's to see.
alter table dead_letters alter column project drop not null;
update dead_letters set project = null where batch_id is null;

-- Why the last act of a job on this letter was not done.
alter table dead_letters add column refusal text;

-- What retention takes away next, with what was done with it.
create index dead_letters_settled on dead_letters (settled_at) where state <> 'dead';
create index dead_jobs_ended on dead_jobs (ended_at) where state <> 'running';
alter table dead_acts drop constraint dead_acts_letter_id_fkey;
alter table dead_acts add constraint dead_acts_letter_id_fkey
  foreign key (letter_id) references dead_letters (id) on delete cascade;

-- The routes that ever were in a producer's settings: the queue of one that is gone may hold letters.
create table known_routes (name text primary key);
insert into known_routes select route from feeds;
