/** Reports the version, the broker, the database and the number of waiting batches and tasks. */
@NullMarked
package dev.sluice.producer.infrastructure.status;

import org.jspecify.annotations.NullMarked;
