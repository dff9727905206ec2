/** Live calls through the real processes: graphs, streams, crowds and accidents. */
@NullMarked
package dev.sluice.system.live;

import org.jspecify.annotations.NullMarked;
