/** The wire contract: tasks, outcomes and their AMQP headers. */
@NullMarked
package dev.sluice.common.wire;

import org.jspecify.annotations.NullMarked;
