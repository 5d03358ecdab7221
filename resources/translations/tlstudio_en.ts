<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>BesideLayers</name>
    <message numerus="yes">
        <source>%n row(s) copied.</source>
        <translation>
            <numerusform>%Ln row copied.</numerusform>
            <numerusform>%Ln rows copied.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Browser</name>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%Ln class</numerusform>
            <numerusform>%Ln classes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CameraDialog</name>
    <message numerus="yes">
        <source>%n picture(s) taken</source>
        <translation>
            <numerusform>%Ln picture taken</numerusform>
            <numerusform>%Ln pictures taken</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message numerus="yes">
        <source>%n set(s) of weights</source>
        <translation>
            <numerusform>%Ln set of weights</numerusform>
            <numerusform>%Ln sets of weights</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ComparisonList</name>
    <message numerus="yes">
        <source>not clear among %n comparison(s): {words}</source>
        <translation>
            <numerusform>not clear from %Ln comparison: {words}</numerusform>
            <numerusform>not clear among %Ln comparisons: {words}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ComparisonView</name>
    <message numerus="yes">
        <source>%n run(s) compared</source>
        <translation>
            <numerusform>%Ln run compared</numerusform>
            <numerusform>%Ln runs compared</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CopyDialog</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left out</source>
        <translation>
            <numerusform>%Ln left out</numerusform>
            <numerusform>%Ln left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n moved to another class</source>
        <translation>
            <numerusform>%Ln moved to another class</numerusform>
            <numerusform>%Ln moved to another class</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read.</source>
        <translation>
            <numerusform>%Ln could not be read.</numerusform>
            <numerusform>%Ln could not be read.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DatasetState</name>
    <message numerus="yes">
        <source>%n change(s) to the dataset</source>
        <translation>
            <numerusform>%Ln change to the dataset</numerusform>
            <numerusform>%Ln changes to the dataset</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) of the file are not in this dataset.</source>
        <translation>
            <numerusform>%Ln image of the file is not in this dataset.</numerusform>
            <numerusform>%Ln images of the file are not in this dataset.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DegradationLesson</name>
    <message numerus="yes">
        <source>Your race of {date} on {dataset}: {images} images, %n seed(s).</source>
        <translation>
            <numerusform>Your race of {date} on {dataset}: {images} images, %Ln seed.</numerusform>
            <numerusform>Your race of {date} on {dataset}: {images} images, %Ln seeds.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Measured for this studio on {dataset} in grey, 16 px wide: {images} images, %n seed(s). Your own race takes its place.</source>
        <translation>
            <numerusform>Measured for this studio on {dataset} in grey, 16 px wide: {images} images, %Ln seed. Your own race takes its place.</numerusform>
            <numerusform>Measured for this studio on {dataset} in grey, 16 px wide: {images} images, %Ln seeds. Your own race takes its place.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FindingsView</name>
    <message numerus="yes">
        <source>%n image(s) looked at</source>
        <translation>
            <numerusform>%Ln image looked at</numerusform>
            <numerusform>%Ln images looked at</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n check(s)</source>
        <translation>
            <numerusform>%Ln check</numerusform>
            <numerusform>%Ln checks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FolderImportDialog</name>
    <message numerus="yes">
        <source>Import %n of them ({size})</source>
        <translation>
            <numerusform>Import %Ln of them ({size})</numerusform>
            <numerusform>Import %Ln of them ({size})</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n imported.</source>
        <translation>
            <numerusform>%Ln imported.</numerusform>
            <numerusform>%Ln imported.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ForecastTexts</name>
    <message numerus="yes">
        <source>The first %n epoch(s) take about {first} each, the others {later}.</source>
        <translation>
            <numerusform>The first %Ln epoch takes about {first}, the others {later}.</numerusform>
            <numerusform>The first %Ln epochs take about {first} each, the others {later}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each, computed once.</source>
        <translation>
            <numerusform>%Ln view of each, computed once.</numerusform>
            <numerusform>%Ln views of each, computed once.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{first} for each of the first %n epoch(s), then {later} an epoch</source>
        <translation>
            <numerusform>{first} for the first %Ln epoch, then {later} an epoch</numerusform>
            <numerusform>{first} for each of the first %Ln epochs, then {later} an epoch</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n phase(s): less and less is frozen</source>
        <translation>
            <numerusform>%Ln phase: less and less is frozen</numerusform>
            <numerusform>%Ln phases: less and less is frozen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Frozen layers run once for %n view(s) of {images} images</source>
        <translation>
            <numerusform>Frozen layers run once for %Ln view of {images} images</numerusform>
            <numerusform>Frozen layers run once for %Ln views of {images} images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GatherWindow</name>
    <message numerus="yes">
        <source>%n image(s) in all</source>
        <translation>
            <numerusform>%Ln image in all</numerusform>
            <numerusform>%Ln images in all</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>%Ln chosen</numerusform>
            <numerusform>%Ln chosen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) were in the class already.</source>
        <translation>
            <numerusform>%Ln picture was in the class already.</numerusform>
            <numerusform>%Ln pictures were in the class already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) were not taken:</source>
        <translation>
            <numerusform>%Ln file was not taken:</numerusform>
            <numerusform>%Ln files were not taken:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message numerus="yes">
        <source>%n finding(s) that change your result</source>
        <translation>
            <numerusform>%Ln finding that changes your result</numerusform>
            <numerusform>%Ln findings that change your result</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImageEdits</name>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%Ln selected</numerusform>
            <numerusform>%Ln selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) to the dataset</source>
        <translation>
            <numerusform>%Ln change to the dataset</numerusform>
            <numerusform>%Ln changes to the dataset</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImagesView</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KindSide</name>
    <message numerus="yes">
        <source>%n chosen:</source>
        <translation>
            <numerusform>%Ln chosen:</numerusform>
            <numerusform>%Ln chosen:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n open:</source>
        <translation>
            <numerusform>%Ln open:</numerusform>
            <numerusform>%Ln open:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LayerTableModel</name>
    <message numerus="yes">
        <source>%n group(s)</source>
        <translation>
            <numerusform>%Ln group</numerusform>
            <numerusform>%Ln groups</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LayersView</name>
    <message numerus="yes">
        <source>With the original head of %n classes</source>
        <translation>
            <numerusform>With the original head of %Ln class</numerusform>
            <numerusform>With the original head of %Ln classes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) copied.</source>
        <translation>
            <numerusform>%Ln row copied.</numerusform>
            <numerusform>%Ln rows copied.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LearningCurveChart</name>
    <message numerus="yes">
        <source>%n image(s) of a class</source>
        <translation>
            <numerusform>%Ln image of a class</numerusform>
            <numerusform>%Ln images of a class</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%Ln part</numerusform>
            <numerusform>%Ln parts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LoadingDialog</name>
    <message numerus="yes">
        <source>{model} with %n classes</source>
        <translation>
            <numerusform>{model} with %Ln class</numerusform>
            <numerusform>{model} with %Ln classes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MakePackDialog</name>
    <message numerus="yes">
        <source>%n could not be read.</source>
        <translation>
            <numerusform>%Ln could not be read.</numerusform>
            <numerusform>%Ln could not be read.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MapGrid</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%Ln picture</numerusform>
            <numerusform>%Ln pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MeasureStrip</name>
    <message numerus="yes">
        <source>Measure %n network(s) here</source>
        <translation>
            <numerusform>Measure %Ln network here</numerusform>
            <numerusform>Measure %Ln networks here</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n measured on {device}, {precision}, last on {date}</source>
        <translation>
            <numerusform>%Ln measured on {device}, {precision}, last on {date}</numerusform>
            <numerusform>%Ln measured on {device}, {precision}, last on {date}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NoModels</name>
    <message numerus="yes">
        <source>%n model(s) match in the rest of the catalog.</source>
        <translation>
            <numerusform>%Ln model matches in the rest of the catalog.</numerusform>
            <numerusform>%Ln models match in the rest of the catalog.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OpenPackDialog</name>
    <message numerus="yes">
        <source>and %n other(s)</source>
        <translation>
            <numerusform>and %Ln other</numerusform>
            <numerusform>and %Ln others</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PaddingLesson</name>
    <message numerus="yes">
        <source>The stride skips the last %n row(s) and column(s).</source>
        <translation>
            <numerusform>The stride skips the last row and column.</numerusform>
            <numerusform>The stride skips the last %Ln rows and columns.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PictureGrid</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%Ln picture</numerusform>
            <numerusform>%Ln pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlanTexts</name>
    <message numerus="yes">
        <source>%n stage(s)</source>
        <translation>
            <numerusform>%Ln stage</numerusform>
            <numerusform>%Ln stages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message numerus="yes">
        <source>Delete %n old run(s) without a star?</source>
        <translation>
            <numerusform>Delete %Ln old run without a star?</numerusform>
            <numerusform>Delete %Ln old runs without a star?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PreferencesState</name>
    <message numerus="yes">
        <source>%n thing(s) are in the new folder.</source>
        <translation>
            <numerusform>%Ln thing is in the new folder.</numerusform>
            <numerusform>%Ln things are in the new folder.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stayed, as there is one of the same name.</source>
        <translation>
            <numerusform>%Ln stayed, as there is one of the same name.</numerusform>
            <numerusform>%Ln stayed, as there are some of the same name.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProofMark</name>
    <message numerus="yes">
        <source>%n frozen tensor(s) changed: a fault of the studio</source>
        <translation>
            <numerusform>%Ln frozen tensor changed: a fault of the studio</numerusform>
            <numerusform>%Ln frozen tensors changed: a fault of the studio</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n frozen tensor(s) unchanged until they trained</source>
        <translation>
            <numerusform>%Ln frozen tensor unchanged until it trained</numerusform>
            <numerusform>%Ln frozen tensors unchanged until they trained</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n frozen tensor(s) unchanged, bit for bit</source>
        <translation>
            <numerusform>%Ln frozen tensor unchanged, bit for bit</numerusform>
            <numerusform>%Ln frozen tensors unchanged, bit for bit</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuietWarnings</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%Ln more</numerusform>
            <numerusform>%Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuizPage</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%Ln more</numerusform>
            <numerusform>%Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RaceEntryList</name>
    <message numerus="yes">
        <source>At most %n can race at once.</source>
        <translation>
            <numerusform>At most %Ln can race at once.</numerusform>
            <numerusform>At most %Ln can race at once.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RaceTexts</name>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%Ln run</numerusform>
            <numerusform>%Ln runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s) each</source>
        <translation>
            <numerusform>%Ln epoch each</numerusform>
            <numerusform>%Ln epochs each</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{runs}, {each}, decided by %n validation image(s).</source>
        <translation>
            <numerusform>{runs}, {each}, decided by %Ln validation image.</numerusform>
            <numerusform>{runs}, {each}, decided by %Ln validation images.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Intervals and tests account for chance in the images and in the %n seed(s).</source>
        <translation>
            <numerusform>Intervals and tests count the luck of the images and of the %Ln seed.</numerusform>
            <numerusform>Intervals and tests count the luck of the images and of the %Ln seeds.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n validation image(s)</source>
        <translation>
            <numerusform>%Ln validation image</numerusform>
            <numerusform>%Ln validation images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seed(s)</source>
        <translation>
            <numerusform>%Ln seed</numerusform>
            <numerusform>%Ln seeds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Stopped after %n epoch(s)</source>
        <translation>
            <numerusform>Stopped after %Ln epoch</numerusform>
            <numerusform>Stopped after %Ln epochs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RankTexts</name>
    <message numerus="yes">
        <source>{right} of %n image(s) right</source>
        <translation>
            <numerusform>{right} of %Ln image right</numerusform>
            <numerusform>{right} of %Ln images right</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The best on %n image(s)</source>
        <translation>
            <numerusform>The best on %Ln image</numerusform>
            <numerusform>The best on %Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Not significantly different from the best on %n image(s)</source>
        <translation>
            <numerusform>Not significantly different from the best on %Ln image</numerusform>
            <numerusform>Not significantly different from the best on %Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Significantly worse than the best on %n image(s)</source>
        <translation>
            <numerusform>Significantly worse than the best on %Ln image</numerusform>
            <numerusform>Significantly worse than the best on %Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{model}: {accuracy} of %n image(s) right ({low} – {high}).</source>
        <translation>
            <numerusform>{model}: {accuracy} of %Ln image right ({low} – {high}).</numerusform>
            <numerusform>{model}: {accuracy} of %Ln images right ({low} – {high}).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) could not be read and were left out.</source>
        <translation>
            <numerusform>%Ln image could not be read and was left out.</numerusform>
            <numerusform>%Ln images could not be read and were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n set(s) of weights on this machine</source>
        <translation>
            <numerusform>%Ln set of weights on this machine</numerusform>
            <numerusform>%Ln sets of weights on this machine</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n other(s)</source>
        <translation>
            <numerusform>and %Ln other</numerusform>
            <numerusform>and %Ln others</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RankView</name>
    <message numerus="yes">
        <source>%n row(s) copied.</source>
        <translation>
            <numerusform>%Ln row copied.</numerusform>
            <numerusform>%Ln rows copied.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RateChart</name>
    <message numerus="yes">
        <source>Loss over the learning rate; %n step(s) so far</source>
        <translation>
            <numerusform>Loss over the learning rate; %Ln step so far</numerusform>
            <numerusform>Loss over the learning rate; %Ln steps so far</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message numerus="yes">
        <source>looked at %n time(s)</source>
        <translation>
            <numerusform>looked at once</numerusform>
            <numerusform>looked at %Ln times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) of unknown class</source>
        <translation>
            <numerusform>%Ln image of unknown class</numerusform>
            <numerusform>%Ln images of unknown class</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of these images has a copy among the training images</source>
        <translation>
            <numerusform>%Ln of these images has a copy among the training images</numerusform>
            <numerusform>%Ln of these images have copies among the training images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Looked at %n time(s) before.</source>
        <translation>
            <numerusform>Looked at once before.</numerusform>
            <numerusform>Looked at %Ln times before.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunTexts</name>
    <message numerus="yes">
        <source>%n view(s) of each image kept</source>
        <translation>
            <numerusform>%Ln view of each image kept</numerusform>
            <numerusform>%Ln views of each image kept</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each image kept on disk</source>
        <translation>
            <numerusform>%Ln view of each image kept on disk</numerusform>
            <numerusform>%Ln views of each image kept on disk</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{accuracy} of %n validation image(s) right, best at epoch {epoch}.</source>
        <translation>
            <numerusform>{accuracy} of %Ln validation image right, best at epoch {epoch}.</numerusform>
            <numerusform>{accuracy} of %Ln validation images right, best at epoch {epoch}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ended early after %n epoch(s): validation did not become better.</source>
        <translation>
            <numerusform>Ended early after %Ln epoch: validation did not become better.</numerusform>
            <numerusform>Ended early after %Ln epochs: validation did not become better.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Stopped after %n epoch(s); the best weights so far are kept.</source>
        <translation>
            <numerusform>Stopped after %Ln epoch; the best weights so far are kept.</numerusform>
            <numerusform>Stopped after %Ln epochs; the best weights so far are kept.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What was frozen at first was unchanged until it trained: %n tensor(s)</source>
        <translation>
            <numerusform>What was frozen at first was unchanged until it trained: %Ln tensor</numerusform>
            <numerusform>What was frozen at first was unchanged until it trained: %Ln tensors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What was frozen is unchanged, bit for bit: %n tensor(s)</source>
        <translation>
            <numerusform>What was frozen is unchanged, bit for bit: %Ln tensor</numerusform>
            <numerusform>What was frozen is unchanged, bit for bit: %Ln tensors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n training image(s)</source>
        <translation>
            <numerusform>%Ln training image</numerusform>
            <numerusform>%Ln training images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n for validation</source>
        <translation>
            <numerusform>%Ln for validation</numerusform>
            <numerusform>%Ln for validation</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%Ln class</numerusform>
            <numerusform>%Ln classes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%Ln epoch</numerusform>
            <numerusform>%Ln epochs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunsPage</name>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%Ln run</numerusform>
            <numerusform>%Ln runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n old run(s) without a star are selected.</source>
        <translation>
            <numerusform>%Ln old run without a star is selected.</numerusform>
            <numerusform>%Ln old runs without a star are selected.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunsState</name>
    <message numerus="yes">
        <source>%n run(s) deleted.</source>
        <translation>
            <numerusform>%Ln run deleted.</numerusform>
            <numerusform>%Ln runs deleted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SelectionSide</name>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%Ln selected</numerusform>
            <numerusform>%Ln selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SortDialog</name>
    <message numerus="yes">
        <source>%n more folder(s)</source>
        <translation>
            <numerusform>%Ln more folder</numerusform>
            <numerusform>%Ln more folders</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Copy %n image(s)</source>
        <translation>
            <numerusform>Copy %Ln image</numerusform>
            <numerusform>Copy %Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n copies were removed.</source>
        <translation>
            <numerusform>%Ln copy was removed.</numerusform>
            <numerusform>%Ln copies were removed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changed since, and stay.</source>
        <translation>
            <numerusform>%Ln has changed since, and stays.</numerusform>
            <numerusform>%Ln have changed since, and stay.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read.</source>
        <translation>
            <numerusform>%Ln could not be read.</numerusform>
            <numerusform>%Ln could not be read.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SplitEditor</name>
    <message numerus="yes">
        <source>%n group(s)</source>
        <translation>
            <numerusform>%Ln group</numerusform>
            <numerusform>%Ln groups</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the largest has %n image(s)</source>
        <translation>
            <numerusform>the largest has %Ln image</numerusform>
            <numerusform>the largest has %Ln images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoredWeightsModel</name>
    <message numerus="yes">
        <source>and %n other(s)</source>
        <translation>
            <numerusform>and %Ln other</numerusform>
            <numerusform>and %Ln others</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ThumbnailGrid</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UnreadableList</name>
    <message numerus="yes">
        <source>%n file(s) could not be read</source>
        <translation>
            <numerusform>%Ln file could not be read</numerusform>
            <numerusform>%Ln files could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UsePage</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%Ln image</numerusform>
            <numerusform>%Ln images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%Ln epoch</numerusform>
            <numerusform>%Ln epochs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%Ln class</numerusform>
            <numerusform>%Ln classes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>VideoDialog</name>
    <message numerus="yes">
        <source>%n picture(s) taken</source>
        <translation>
            <numerusform>%Ln picture taken</numerusform>
            <numerusform>%Ln pictures taken</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) taken: no more fit</source>
        <translation>
            <numerusform>%Ln picture taken: no more fit</numerusform>
            <numerusform>%Ln pictures taken: no more fit</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ViewsField</name>
    <message numerus="yes">
        <source>%n kept</source>
        <translation>
            <numerusform>%Ln kept</numerusform>
            <numerusform>%Ln kept</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Card</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%Ln class</numerusform>
            <numerusform>%Ln classes</numerusform>
        </translation>
    </message>
</context>
</TS>
