/** One exchange with the provider, bounded in time. Depends on no other package of the worker. */
@NullMarked
package dev.sluice.worker.provider;

import org.jspecify.annotations.NullMarked;
