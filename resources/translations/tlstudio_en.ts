<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>Browser</name>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%n class</numerusform>
            <numerusform>%n classes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CameraDialog</name>
    <message numerus="yes">
        <source>%n picture(s) taken</source>
        <translation>
            <numerusform>%n picture taken</numerusform>
            <numerusform>%n pictures taken</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message numerus="yes">
        <source>%n set(s) of weights</source>
        <translation>
            <numerusform>%n set of weights</numerusform>
            <numerusform>%n sets of weights</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ComparisonList</name>
    <message numerus="yes">
        <source>not clear among %n comparison(s): {words}</source>
        <translation>
            <numerusform>not clear from %n comparison: {words}</numerusform>
            <numerusform>not clear among %n comparisons: {words}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ComparisonView</name>
    <message numerus="yes">
        <source>%n run(s) compared</source>
        <translation>
            <numerusform>%n run compared</numerusform>
            <numerusform>%n runs compared</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CopyDialog</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left out</source>
        <translation>
            <numerusform>%n left out</numerusform>
            <numerusform>%n left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n moved to another class</source>
        <translation>
            <numerusform>%n moved to another class</numerusform>
            <numerusform>%n moved to another class</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read.</source>
        <translation>
            <numerusform>%n could not be read.</numerusform>
            <numerusform>%n could not be read.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DatasetState</name>
    <message numerus="yes">
        <source>%n change(s) to the dataset</source>
        <translation>
            <numerusform>%n change to the dataset</numerusform>
            <numerusform>%n changes to the dataset</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) of the file are not in this dataset.</source>
        <translation>
            <numerusform>%n image of the file is not in this dataset.</numerusform>
            <numerusform>%n images of the file are not in this dataset.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FilmDialog</name>
    <message numerus="yes">
        <source>%n picture(s) taken</source>
        <translation>
            <numerusform>%n picture taken</numerusform>
            <numerusform>%n pictures taken</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FindingsView</name>
    <message numerus="yes">
        <source>%n image(s) looked at</source>
        <translation>
            <numerusform>%n image looked at</numerusform>
            <numerusform>%n images looked at</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n check(s)</source>
        <translation>
            <numerusform>%n check</numerusform>
            <numerusform>%n checks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ForecastTexts</name>
    <message numerus="yes">
        <source>The first %n epoch(s) take about {first} each, the others {later}.</source>
        <translation>
            <numerusform>The first %n epoch takes about {first}, the others {later}.</numerusform>
            <numerusform>The first %n epochs take about {first} each, the others {later}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each, computed once.</source>
        <translation>
            <numerusform>%n view of each, computed once.</numerusform>
            <numerusform>%n views of each, computed once.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{first} for each of the first %n epoch(s), then {later} an epoch</source>
        <translation>
            <numerusform>{first} for the first %n epoch, then {later} an epoch</numerusform>
            <numerusform>{first} for each of the first %n epochs, then {later} an epoch</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n phase(s): less and less is frozen</source>
        <translation>
            <numerusform>%n phase: less and less is frozen</numerusform>
            <numerusform>%n phases: less and less is frozen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Frozen layers run once for %n view(s) of {images} images</source>
        <translation>
            <numerusform>Frozen layers run once for %n view of {images} images</numerusform>
            <numerusform>Frozen layers run once for %n views of {images} images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GatherWindow</name>
    <message numerus="yes">
        <source>%n image(s) in all</source>
        <translation>
            <numerusform>%n image in all</numerusform>
            <numerusform>%n images in all</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>%n chosen</numerusform>
            <numerusform>%n chosen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) were in the class already.</source>
        <translation>
            <numerusform>%n picture was in the class already.</numerusform>
            <numerusform>%n pictures were in the class already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) were not taken:</source>
        <translation>
            <numerusform>%n file was not taken:</numerusform>
            <numerusform>%n files were not taken:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message numerus="yes">
        <source>%n finding(s) that change your result</source>
        <translation>
            <numerusform>%n finding that changes your result</numerusform>
            <numerusform>%n findings that change your result</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImageEdits</name>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) to the dataset</source>
        <translation>
            <numerusform>%n change to the dataset</numerusform>
            <numerusform>%n changes to the dataset</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImagesView</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KindSide</name>
    <message numerus="yes">
        <source>%n chosen:</source>
        <translation>
            <numerusform>%n chosen:</numerusform>
            <numerusform>%n chosen:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n open:</source>
        <translation>
            <numerusform>%n open:</numerusform>
            <numerusform>%n open:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LayerTableModel</name>
    <message numerus="yes">
        <source>%n group(s)</source>
        <translation>
            <numerusform>%n group</numerusform>
            <numerusform>%n groups</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LayersView</name>
    <message numerus="yes">
        <source>%n row(s) copied.</source>
        <translation>
            <numerusform>%n row copied.</numerusform>
            <numerusform>%n rows copied.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LearningCurveChart</name>
    <message numerus="yes">
        <source>%n image(s) of a class</source>
        <translation>
            <numerusform>%n image of a class</numerusform>
            <numerusform>%n images of a class</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%n part</numerusform>
            <numerusform>%n parts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MapGrid</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MeasureStrip</name>
    <message numerus="yes">
        <source>Measure %n network(s) here</source>
        <translation>
            <numerusform>Measure %n network here</numerusform>
            <numerusform>Measure %n networks here</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n measured on {device}, {precision}, last on {date}</source>
        <translation>
            <numerusform>%n measured on {device}, {precision}, last on {date}</numerusform>
            <numerusform>%n measured on {device}, {precision}, last on {date}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NoModels</name>
    <message numerus="yes">
        <source>%n model(s) match in the rest of the catalog.</source>
        <translation>
            <numerusform>%n model matches in the rest of the catalog.</numerusform>
            <numerusform>%n models match in the rest of the catalog.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PictureGrid</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlanTexts</name>
    <message numerus="yes">
        <source>%n stage(s)</source>
        <translation>
            <numerusform>%n stage</numerusform>
            <numerusform>%n stages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message numerus="yes">
        <source>Delete %n old run(s) without a star?</source>
        <translation>
            <numerusform>Delete %n old run without a star?</numerusform>
            <numerusform>Delete %n old runs without a star?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PreferencesState</name>
    <message numerus="yes">
        <source>%n thing(s) are in the new folder.</source>
        <translation>
            <numerusform>%n thing is in the new folder.</numerusform>
            <numerusform>%n things are in the new folder.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stayed, as there is one of the same name.</source>
        <translation>
            <numerusform>%n stayed, as there is one of the same name.</numerusform>
            <numerusform>%n stayed, as there are some of the same name.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProofMark</name>
    <message numerus="yes">
        <source>%n frozen tensor(s) changed: a fault of the studio</source>
        <translation>
            <numerusform>%n frozen tensor changed: a fault of the studio</numerusform>
            <numerusform>%n frozen tensors changed: a fault of the studio</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n frozen tensor(s) unchanged until they trained</source>
        <translation>
            <numerusform>%n frozen tensor unchanged until it trained</numerusform>
            <numerusform>%n frozen tensors unchanged until they trained</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n frozen tensor(s) unchanged, bit for bit</source>
        <translation>
            <numerusform>%n frozen tensor unchanged, bit for bit</numerusform>
            <numerusform>%n frozen tensors unchanged, bit for bit</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuietWarnings</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RaceEntryList</name>
    <message numerus="yes">
        <source>At most %n can race at once.</source>
        <translation>
            <numerusform>At most %n can race at once.</numerusform>
            <numerusform>At most %n can race at once.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RaceTexts</name>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s) each</source>
        <translation>
            <numerusform>%n epoch each</numerusform>
            <numerusform>%n epochs each</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{runs}, {each}, decided by %n validation image(s).</source>
        <translation>
            <numerusform>{runs}, {each}, decided by %n validation image.</numerusform>
            <numerusform>{runs}, {each}, decided by %n validation images.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Intervals and tests account for chance in the images and in the %n seed(s).</source>
        <translation>
            <numerusform>Intervals and tests count the luck of the images and of the %n seed.</numerusform>
            <numerusform>Intervals and tests count the luck of the images and of the %n seeds.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n validation image(s)</source>
        <translation>
            <numerusform>%n validation image</numerusform>
            <numerusform>%n validation images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seed(s)</source>
        <translation>
            <numerusform>%n seed</numerusform>
            <numerusform>%n seeds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Stopped after %n epoch(s)</source>
        <translation>
            <numerusform>Stopped after %n epoch</numerusform>
            <numerusform>Stopped after %n epochs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RankTexts</name>
    <message numerus="yes">
        <source>{right} of %n image(s) right</source>
        <translation>
            <numerusform>{right} of %n image right</numerusform>
            <numerusform>{right} of %n images right</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The best on %n image(s)</source>
        <translation>
            <numerusform>The best on %n image</numerusform>
            <numerusform>The best on %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Not significantly different from the best on %n image(s)</source>
        <translation>
            <numerusform>Not significantly different from the best on %n image</numerusform>
            <numerusform>Not significantly different from the best on %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Significantly worse than the best on %n image(s)</source>
        <translation>
            <numerusform>Significantly worse than the best on %n image</numerusform>
            <numerusform>Significantly worse than the best on %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{model}: {accuracy} of %n image(s) right ({low} – {high}).</source>
        <translation>
            <numerusform>{model}: {accuracy} of %n image right ({low} – {high}).</numerusform>
            <numerusform>{model}: {accuracy} of %n images right ({low} – {high}).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) could not be read and were left out.</source>
        <translation>
            <numerusform>%n image could not be read and was left out.</numerusform>
            <numerusform>%n images could not be read and were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n set(s) of weights on this machine</source>
        <translation>
            <numerusform>%n set of weights on this machine</numerusform>
            <numerusform>%n sets of weights on this machine</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n other(s)</source>
        <translation>
            <numerusform>and %n other</numerusform>
            <numerusform>and %n others</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RankView</name>
    <message numerus="yes">
        <source>%n row(s) copied.</source>
        <translation>
            <numerusform>%n row copied.</numerusform>
            <numerusform>%n rows copied.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RateChart</name>
    <message numerus="yes">
        <source>Loss over the learning rate; %n step(s) so far</source>
        <translation>
            <numerusform>Loss over the learning rate; %n step so far</numerusform>
            <numerusform>Loss over the learning rate; %n steps so far</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message numerus="yes">
        <source>looked at %n time(s)</source>
        <translation>
            <numerusform>looked at once</numerusform>
            <numerusform>looked at %n times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) of unknown class</source>
        <translation>
            <numerusform>%n image of unknown class</numerusform>
            <numerusform>%n images of unknown class</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of these images has a copy among the training images</source>
        <translation>
            <numerusform>%n of these images has a copy among the training images</numerusform>
            <numerusform>%n of these images have copies among the training images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Looked at %n time(s) before.</source>
        <translation>
            <numerusform>Looked at once before.</numerusform>
            <numerusform>Looked at %n times before.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunTexts</name>
    <message numerus="yes">
        <source>%n view(s) of each image kept</source>
        <translation>
            <numerusform>%n view of each image kept</numerusform>
            <numerusform>%n views of each image kept</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each image kept on disk</source>
        <translation>
            <numerusform>%n view of each image kept on disk</numerusform>
            <numerusform>%n views of each image kept on disk</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{accuracy} of %n validation image(s) right, best at epoch {epoch}.</source>
        <translation>
            <numerusform>{accuracy} of %n validation image right, best at epoch {epoch}.</numerusform>
            <numerusform>{accuracy} of %n validation images right, best at epoch {epoch}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ended early after %n epoch(s): validation did not become better.</source>
        <translation>
            <numerusform>Ended early after %n epoch: validation did not become better.</numerusform>
            <numerusform>Ended early after %n epochs: validation did not become better.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Stopped after %n epoch(s); the best weights so far are kept.</source>
        <translation>
            <numerusform>Stopped after %n epoch; the best weights so far are kept.</numerusform>
            <numerusform>Stopped after %n epochs; the best weights so far are kept.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What was frozen at first was unchanged until it trained: %n tensor(s)</source>
        <translation>
            <numerusform>What was frozen at first was unchanged until it trained: %n tensor</numerusform>
            <numerusform>What was frozen at first was unchanged until it trained: %n tensors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What was frozen is unchanged, bit for bit: %n tensor(s)</source>
        <translation>
            <numerusform>What was frozen is unchanged, bit for bit: %n tensor</numerusform>
            <numerusform>What was frozen is unchanged, bit for bit: %n tensors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n training image(s)</source>
        <translation>
            <numerusform>%n training image</numerusform>
            <numerusform>%n training images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n for validation</source>
        <translation>
            <numerusform>%n for validation</numerusform>
            <numerusform>%n for validation</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%n class</numerusform>
            <numerusform>%n classes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%n epoch</numerusform>
            <numerusform>%n epochs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunsPage</name>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n old run(s) without a star are selected.</source>
        <translation>
            <numerusform>%n old run without a star is selected.</numerusform>
            <numerusform>%n old runs without a star are selected.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunsState</name>
    <message numerus="yes">
        <source>%n run(s) deleted.</source>
        <translation>
            <numerusform>%n run deleted.</numerusform>
            <numerusform>%n runs deleted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SelectionSide</name>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SplitEditor</name>
    <message numerus="yes">
        <source>%n group(s)</source>
        <translation>
            <numerusform>%n group</numerusform>
            <numerusform>%n groups</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the largest has %n image(s)</source>
        <translation>
            <numerusform>the largest has %n image</numerusform>
            <numerusform>the largest has %n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoredWeightsModel</name>
    <message numerus="yes">
        <source>and %n other(s)</source>
        <translation>
            <numerusform>and %n other</numerusform>
            <numerusform>and %n others</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ThumbnailGrid</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UnreadableList</name>
    <message numerus="yes">
        <source>%n file(s) could not be read</source>
        <translation>
            <numerusform>%n file could not be read</numerusform>
            <numerusform>%n files could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UsePage</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%n epoch</numerusform>
            <numerusform>%n epochs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%n class</numerusform>
            <numerusform>%n classes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ViewsField</name>
    <message numerus="yes">
        <source>%n kept</source>
        <translation>
            <numerusform>%n kept</numerusform>
            <numerusform>%n kept</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Card</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%n class</numerusform>
            <numerusform>%n classes</numerusform>
        </translation>
    </message>
</context>
</TS>
