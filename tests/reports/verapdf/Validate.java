import java.io.File;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;

public class Validate {
    public static void main(String[] names) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.byFlavourId("2b");
        boolean good = true;
        for (String name : names) {
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(name), flavour);
                 PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                ValidationResult result = validator.validate(parser);
                System.out.println((result.isCompliant() ? "compliant " : "not compliant ") + name + " " + result.getTotalAssertions());
                good &= result.isCompliant();
                result.getTestAssertions().stream().limit(20).forEach(a -> System.out.println("  " + a.getRuleId() + " " + a.getMessage() + " " + a.getLocation().getContext()));
            }
        }
        System.exit(good ? 0 : 1);
    }
}
