-- The size of a batch's input, which its tasks keep when the input file is deleted.
alter table batches add column input_bytes bigint not null default 0;
update batches b set input_bytes = f.bytes
from files f where f.id = b.input_file_id and f.project = b.project;
