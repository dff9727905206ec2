/** Jobs that replay, discard or accept many dead letters at a limited rate. */
@NullMarked
package dev.sluice.producer.deadletter.bulk;

import org.jspecify.annotations.NullMarked;
