/**
 * What travels over RabbitMQ: tasks, outcomes and their headers. Depends on no other package of
 * Sluice.
 */
@NullMarked
package dev.sluice.common.wire;

import org.jspecify.annotations.NullMarked;
