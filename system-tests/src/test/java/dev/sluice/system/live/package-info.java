/** Tests of live calls through real processes: graphs, streams, high load and faults. */
@NullMarked
package dev.sluice.system.live;

import org.jspecify.annotations.NullMarked;
