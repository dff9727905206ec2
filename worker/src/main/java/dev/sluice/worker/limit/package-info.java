/** Permits at the pace that the provider allows. Depends on no other package of the worker. */
@NullMarked
package dev.sluice.worker.limit;

import org.jspecify.annotations.NullMarked;
