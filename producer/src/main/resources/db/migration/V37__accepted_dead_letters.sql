-- The provider's reply whose answer does not fit the schema of the batch; null for any other failure.
alter table dead_letters add column reply bytea;
alter table dead_letters alter column reply set storage external;

-- An accepted dead letter: its reply is the result of its task.
alter table dead_letters drop constraint dead_letters_state_check;
alter table dead_letters add constraint dead_letters_state_check
  check (state in ('dead', 'replayed', 'discarded', 'accepted')) not valid;
alter table dead_acts drop constraint dead_acts_act_check;
alter table dead_acts add constraint dead_acts_act_check
  check (act in ('replay', 'discard', 'accept')) not valid;
alter table dead_jobs drop constraint dead_jobs_act_check;
alter table dead_jobs add constraint dead_jobs_act_check
  check (act in ('replay', 'discard', 'accept')) not valid;
