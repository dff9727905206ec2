/** Token buckets that charge a route's calls: in memory, in Redis, or partitioned over workers. */
@NullMarked
package dev.sluice.worker.limit.bucket;

import org.jspecify.annotations.NullMarked;
