/** The real broker that integration tests run against. Depends on nothing of Sluice. */
@NullMarked
package dev.sluice.common.broker;

import org.jspecify.annotations.NullMarked;
