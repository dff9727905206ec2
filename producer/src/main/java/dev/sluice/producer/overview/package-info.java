/** Reports the system status, and the overview page's data as one snapshot per second. */
@NullMarked
package dev.sluice.producer.overview;

import org.jspecify.annotations.NullMarked;
