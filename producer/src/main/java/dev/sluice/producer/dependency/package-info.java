/** Makes the bodies of tasks from the answers of other tasks. */
@NullMarked
package dev.sluice.producer.dependency;

import org.jspecify.annotations.NullMarked;
