-- Why the body of the dependent was made without the whole answer of the task: 'missing' if the task had none, 'partial' if
-- its answer was itself made without some parts. Null for a whole answer.
alter table dependencies add column incomplete text check (incomplete in ('missing', 'partial'));
create index dependencies_incomplete on dependencies (batch_id) where incomplete is not null;
