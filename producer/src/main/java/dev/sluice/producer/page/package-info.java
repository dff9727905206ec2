/** The pages, and the rules under which browsers show them. Depends on no other package. */
@NullMarked
package dev.sluice.producer.page;

import org.jspecify.annotations.NullMarked;
