package dev.sluice.documents.extractor;

import java.io.IOException;
import java.util.List;
import org.apache.tika.detect.CompositeDetector;
import org.apache.tika.detect.Detector;
import org.apache.tika.detect.microsoft.POIFSContainerDetector;
import org.apache.tika.detect.zip.DefaultZipContainerDetector;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.mime.MediaType;
import org.apache.tika.mime.MediaTypeRegistry;
import org.apache.tika.mime.MimeTypes;

/** Detects the media type of a file by its content, and by its name where the content fits. */
final class FormatDetector {
  private final Detector detector =
      new CompositeDetector(
          MediaTypeRegistry.getDefaultRegistry(),
          List.of(
              new POIFSContainerDetector(),
              new DefaultZipContainerDetector(),
              MimeTypes.getDefaultMimeTypes()));

  MediaType detect(TikaInputStream in, Metadata metadata) throws IOException {
    return detector.detect(in, metadata).getBaseType();
  }
}
