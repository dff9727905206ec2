/** The exchanges and queues that the wire contract names. Depends on {@code wire}. */
@NullMarked
package dev.sluice.common.topology;

import org.jspecify.annotations.NullMarked;
