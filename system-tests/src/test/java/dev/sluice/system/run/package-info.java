/** Programs, documents and environments that the tests use. */
@NullMarked
package dev.sluice.system.run;

import org.jspecify.annotations.NullMarked;
