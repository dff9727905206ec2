package dev.sluice.system.fault;

/** Faults of a three-node cluster, in the order of injection. */
enum NodeFault implements Incident {
  LEADER_KILLED("kill -9 of the node that leads the tasks, back seconds later"),
  FOLLOWER_KILLED("kill -9 of a node that follows, back seconds later"),
  LEADER_FROZEN("the node that leads the tasks stands still for seconds"),
  LEADERS_SPREAD("the leaders of all queues spread anew"),
  NODE_DRAINED("a node drained, stopped and started, as for an upgrade"),
  MAJORITY_KILLED("kill -9 of two nodes of three, back one after the other");

  private final String words;

  NodeFault(String words) {
    this.words = words;
  }

  @Override
  public String words() {
    return words;
  }

  @Override
  public boolean endsProcessOrConnection() {
    return this != LEADERS_SPREAD;
  }
}
