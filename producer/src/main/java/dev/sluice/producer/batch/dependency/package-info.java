/** Makes the bodies of tasks from the answers of other tasks. */
@NullMarked
package dev.sluice.producer.batch.dependency;

import org.jspecify.annotations.NullMarked;
