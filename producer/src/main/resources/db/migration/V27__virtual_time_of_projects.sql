-- Fair queueing between projects: the tokens that a project's tasks have had of a route. The project
-- with the lowest number is next; shares.passed orders the batches of one project.
create table project_shares (
  project text not null,
  route   text not null,
  passed  double precision not null,
  primary key (project, route)
);

-- The lowest number of the projects that had queued tasks at the last publication. A project without
-- queued tasks does not collect credit: it starts again at this number.
alter table feeds add column virtual_time double precision not null default 0;
