package dev.sluice.bench.fault;

/** Faults of a three-node cluster, in the order of injection. */
enum NodeFault implements Incident {
  LEADER_KILLED("kill -9 of the node that leads the task queues, restarted after seconds"),
  FOLLOWER_KILLED("kill -9 of a follower node, restarted after seconds"),
  LEADER_FROZEN("the node that leads the task queues is frozen for seconds"),
  LEADERS_SPREAD("the leaders of all queues rebalanced"),
  NODE_DRAINED("a node drained, stopped and started, as for an upgrade"),
  MAJORITY_KILLED("kill -9 of two of three nodes, restarted one after the other");

  private final String description;

  NodeFault(String description) {
    this.description = description;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public boolean endsProcessOrConnection() {
    return this != LEADERS_SPREAD;
  }
}
