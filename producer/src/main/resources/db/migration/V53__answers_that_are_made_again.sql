-- While an answer is made again, and if that fails, its task keeps the answer: reply, missing and the like belong to
-- the answer that it has. The names of the answers that the new request is made without, as a JSON array; null unless
-- there is such a request.
alter table dependents add column next_missing text;
