package dev.sluice.worker.fleet;

/**
 * The route and the member in a message: {@code route/member}, or the name of a route for all its
 * members. Workers of earlier versions know no route with a slash, and ignore such a message.
 *
 * @param member empty for all members
 */
record MemberName(String route, String member) {

  static MemberName of(String name) {
    int slash = name.indexOf('/');
    return slash < 0
        ? new MemberName(name, "")
        : new MemberName(name.substring(0, slash), name.substring(slash + 1));
  }
}
