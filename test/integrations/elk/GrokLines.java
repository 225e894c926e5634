import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.elasticsearch.grok.Grok;
import org.elasticsearch.grok.GrokBuiltinPatterns;

/** Prints `level module function message` of each line of the input that matches a grok pattern, separated by tabs. */
class GrokLines {
    public static void main(String[] args) throws Exception {
        Grok grok = new Grok(GrokBuiltinPatterns.ecsV1Patterns(), args[0], warning -> {});
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            Map<String, Object> found = grok.captures(line);
            if (found != null)
                System.out.println(found.get("level") + "\t" + found.get("module") + "\t" + found.get("function") + "\t" + found.get("log_message"));
        }
    }
}
